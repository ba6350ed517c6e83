"""Random attacks on what numpy_ann reads and writes, for as long as one likes; see ``__main__``."""
