/// Letters that the stemmer and the pronouns compare bytes with.
enum Ascii {
    static let a = UInt8(ascii: "a"), e = UInt8(ascii: "e"), i = UInt8(ascii: "i")
    static let l = UInt8(ascii: "l"), s = UInt8(ascii: "s"), t = UInt8(ascii: "t")
    static let o = UInt8(ascii: "o"), u = UInt8(ascii: "u"), w = UInt8(ascii: "w")
    static let x = UInt8(ascii: "x"), y = UInt8(ascii: "y"), z = UInt8(ascii: "z")
}
