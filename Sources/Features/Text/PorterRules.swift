/// One rule: a suffix and what stands in its place if the stem before it is long enough.
struct PorterRule {
    let suffix: StaticString
    let replacement: StaticString

    init(_ suffix: StaticString, _ replacement: StaticString = "") {
        self.suffix = suffix
        self.replacement = replacement
    }
}

/// Steps 2, 3 and 4. The first suffix that matches decides, whether or not its condition holds.
enum PorterRules {
    static let step2: [PorterRule] = [
        .init("ational", "ate"), .init("tional", "tion"), .init("enci", "ence"), .init("anci", "ance"),
        .init("izer", "ize"), .init("logi", "log"), .init("bli", "ble"), .init("alli", "al"),
        .init("entli", "ent"), .init("eli", "e"), .init("ousli", "ous"), .init("ization", "ize"),
        .init("ation", "ate"), .init("ator", "ate"), .init("alism", "al"), .init("iveness", "ive"),
        .init("fulness", "ful"), .init("ousness", "ous"), .init("aliti", "al"), .init("iviti", "ive"),
        .init("biliti", "ble"),
    ]

    static let step3: [PorterRule] = [
        .init("ical", "ic"), .init("ness"), .init("icate", "ic"), .init("iciti", "ic"), .init("ful"),
        .init("ative"), .init("alize", "al"),
    ]

    static let step4: [PorterRule] = [
        .init("al"), .init("ance"), .init("ence"), .init("er"), .init("ic"), .init("able"),
        .init("ible"), .init("ant"), .init("ement"), .init("ment"), .init("ent"), .init("ion"),
        .init("ou"), .init("ism"), .init("ate"), .init("iti"), .init("ous"), .init("ive"), .init("ize"),
    ]
}

extension PorterWord {
    /// Applies the first rule whose suffix matches, if `condition` holds for the stem before it.
    mutating func apply(_ rules: [PorterRule], _ condition: (borrowing PorterWord, Int) -> Bool) {
        for rule in rules where hasSuffix(rule.suffix) {
            let count = rule.suffix.utf8CodeUnitCount
            let stem = length - count
            // "ion" goes only after s or t.
            let fits =
                rule.suffix.utf8Start[0] != Ascii.i || count != 3 || !hasSuffix("ion")
                || bytes[stem - 1] == Ascii.s || bytes[stem - 1] == Ascii.t
            if fits, condition(self, stem) { replace(suffixOf: count, with: rule.replacement) }
            return
        }
    }

    /// Step 1a: caresses → caress, ponies → poni, caress → caress, cats → cat.
    mutating func removePlural() {
        guard last == Ascii.s else { return }
        if bytes[length - 2] == Ascii.e {
            let doubled = length > 4 && bytes[length - 4] == Ascii.s && bytes[length - 3] == Ascii.s
            let ies = length > 3 && bytes[length - 3] == Ascii.i
            length -= doubled || ies ? 2 : 1
        } else if bytes[length - 2] != Ascii.s {
            length -= 1
        }
    }

    /// Step 1b: agreed → agree, plastered → plaster, motoring → motor.
    mutating func removePastAndProgressive() {
        if hasSuffix("eed") {
            if measure(length - 3) > 0 { length -= 1 }
            return
        }
        if hasSuffix("ed"), hasVowel(length - 2) {
            length -= 2
        } else if hasSuffix("ing"), hasVowel(length - 3) {
            length -= 3
        } else {
            return
        }
        restoreEnding()
    }

    /// After step 1b: conflat → conflate, hopp → hop, fil → file.
    private mutating func restoreEnding() {
        if hasSuffix("at") || hasSuffix("bl") || hasSuffix("iz") {
            bytes[length] = Ascii.e  // "ed" or "ing" stood here: there is room
            length += 1
            return
        }
        let end = last
        let isConsonant = ![Ascii.a, Ascii.e, Ascii.i, Ascii.o, Ascii.u].contains(end)
        if isConsonant, end != Ascii.l, end != Ascii.s, end != Ascii.z, length > 1,
            end == bytes[length - 2]
        {
            length -= 1
        } else if measure(length) == 1, endsShort(length) {
            bytes[length] = Ascii.e  // as above
            length += 1
        }
    }

    /// Step 5a: probate → probat, rate → rate, cease → ceas.
    mutating func removeFinalE() {
        guard last == Ascii.e else { return }
        let measure = measure(length - 1)
        if measure > 1 || (measure == 1 && !endsShort(length - 1)) { length -= 1 }
    }
}
