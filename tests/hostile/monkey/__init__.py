"""A monkey at the real program: keys, clicks and drags without sense, from a seed. Whatever it does, the program leaves
when it is told to, with 0, and nothing happened in it that nobody had thought of."""
