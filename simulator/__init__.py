"""A WhatsApp Cloud API on a laptop, with a phone in the browser. See README.md beside this file."""
