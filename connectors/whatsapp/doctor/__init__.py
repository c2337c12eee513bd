"""Looks at a real account step by step and says in plain words what to fix. Changes nothing, prints no secret."""
