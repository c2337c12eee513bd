"""Rasa graph components: language, tokens, times, clinic words, intents; responses per language."""
