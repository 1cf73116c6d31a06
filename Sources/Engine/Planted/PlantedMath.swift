import Glibc

func expFloat(_ x: Float) -> Float { exp(x) }
