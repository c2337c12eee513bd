"""The WhatsApp Cloud API: every message in, every message out, once, in order.

Only `channel` and `locks` import Rasa; the rest serves the Rasa channel, the worker and a gateway alike.
"""
