"""Reading what people typed: every problem named at once, or a bundle of tables ready for the store."""
