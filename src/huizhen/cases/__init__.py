"""The case and its life, from 挂号 to 归档. The heart of the house."""
