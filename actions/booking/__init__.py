"""Booking: what is known (state), what a message adds (understand), the form (form), its questions (ask), its end."""
