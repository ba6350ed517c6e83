"""The libraries that are compared: one file each, one interface, each run in a process of its own."""
