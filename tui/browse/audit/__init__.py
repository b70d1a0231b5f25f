"""The trail as a list, one event whole, and the language that it is searched in. Reading only."""
