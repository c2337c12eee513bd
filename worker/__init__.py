"""Sends the outbox (and, later, fires what is due). `python -m worker`."""
