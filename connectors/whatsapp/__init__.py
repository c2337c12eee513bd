"""The WhatsApp Cloud API: every message in, every message out, once, in order.

Only `channel` imports Rasa; the rest serves the Rasa channel, the worker and a gateway alike.
"""
