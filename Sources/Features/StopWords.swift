/// Words of a question that name nothing to look for: function words, question words and the
/// vocabulary of asking itself. Dropped before stemming, since "use", "used" and "us" share a stem.
///
/// Source: `references/retrieval.md` §2; on BM25 alone the list is worth +.062/+.043 R@5 (LoCoMo/RealTalk).
package enum StopWords {
    package static func contains(_ token: String) -> Bool { words.contains(token) }

    private static let words = Set(
        """
        a an the of in on at to for with and or by from as is are was were be been being am do does did doing \
        has have had having will would could should can may might must shall it its this that these those \
        there he she his her him hers they their them we our us you your i my me what when where who whom \
        whose which why how s t re ve ll d m about into than then so if not no any some during while also \
        both between kind kinds type types many much long name names mention mentioned describe according \
        say said tell told
        """.split(separator: " ").map(String.init))
}
