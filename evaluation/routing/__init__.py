"""Judged orders: accuracy and its uncertainty, leaks, slices, costs, drift, two routers compared."""
