"""Free slots (`slots`) and what is made of them (`booking`)."""
