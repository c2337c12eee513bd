"""The written examples, for tests."""

from training.examples import Example, held_out, leaked, load, nearly_repeated, normal, of, plain, repeated, training

__all__ = ["Example", "held_out", "leaked", "load", "nearly_repeated", "normal", "of", "plain", "repeated", "training"]
