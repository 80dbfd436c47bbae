"""Packets on this machine: a client, a balancer made from what the product has recorded, and nodes whose kube-proxy is
the real one, each in a network namespace of its own.
"""
