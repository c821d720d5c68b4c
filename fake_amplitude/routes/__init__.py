"""The doors, one room per family of calls: each route parses, does and renders."""
