"""What stands between the network and Django: the worker's protocol, and the size and speed of requests."""
