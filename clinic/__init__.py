"""The clinic's rules and its database. Knows no Rasa, no HTTP, no WhatsApp."""
