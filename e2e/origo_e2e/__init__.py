"""Origo against real peers: kube-apiserver, etcd, kubectl, helm and AWS stand-ins over the wire."""
