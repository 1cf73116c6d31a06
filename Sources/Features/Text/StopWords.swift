/// Words of a question that say nothing about its answer: function words, question words and the verbs of
/// asking. Dropped before stemming (retrieval.md §2: worth .06 R@5 on LoCoMo over no list).
package enum StopWords {
    package static func contains(_ word: String) -> Bool { words.contains(word) }

    private static let words: Set<String> = Set(
        """
        a an the of in on at to for with and or by from as is are was were be been being am do does did doing has have had
        having will would could should can may might must shall it its this that these those there he she his her him hers
        they their them we our us you your i my me what when where who whom whose which why how s t re ve ll d m about into
        than then so if not no any some during while also both between kind kinds type types many much long name names
        mention mentioned describe according say said tell told
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))
}
