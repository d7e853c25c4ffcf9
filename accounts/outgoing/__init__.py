"""Asking other servers without becoming a way into the network that this one stands in: addresses and connections."""
