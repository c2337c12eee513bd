"""Channels between patients and Salama."""
