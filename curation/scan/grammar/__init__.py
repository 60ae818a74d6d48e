"""The grammar of printed statistics: what papers write in prose, each idea in a file of its own."""
