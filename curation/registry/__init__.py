"""A registry record beside the publication of the same study: arms matched, numbers compared."""
