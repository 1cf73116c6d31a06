/// One style sheet for screen and A4: system fonts, light background, dark text (contrast above 7:1).
enum ReportStyle {
    /// Okabe and Ito's colours, told apart by nearly everyone; lines differ by marker too.
    static let colors = ["#0072b2", "#d55e00", "#00795a", "#a8457e", "#7a6300", "#3b3b3b"]

    static let ink = "#1a1a1a"
    static let grid = "#dcdcdc"

    static let sheet: StaticString = """

        :root { color-scheme: light; }
        body { margin: 0; background: #fff; color: #1a1a1a; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
        main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
        h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
        h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; border-bottom: 1px solid #dcdcdc; padding-bottom: .2rem; }
        p { max-width: 46rem; margin: .5rem 0; }
        .summary { font-size: 1.05rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 1rem 0; font-size: .9rem; }
        dt { color: #595959; }
        dd { margin: 0; overflow-wrap: anywhere; }
        .wide { overflow-x: auto; margin: .8rem 0; }
        table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; font-weight: 600; padding: .3rem 0; }
        th, td { padding: .22rem .7rem; border-bottom: 1px solid #e6e6e6; text-align: left; vertical-align: top; }
        thead th { border-bottom: 1.5px solid #1a1a1a; vertical-align: bottom; }
        tbody th { font-weight: 400; }
        .figure { text-align: right; white-space: nowrap; }
        .emphasis > * { font-weight: 600; background: #f2f6fa; }
        figure { margin: 1rem 0 1.4rem; }
        figcaption { font-size: .85rem; color: #4d4d4d; }
        svg { display: block; width: 100%; max-width: 46rem; height: auto; }
        @page { size: A4; margin: 16mm 14mm; }
        @media print {
          main { max-width: none; padding: 0; }
          body { font-size: 10pt; }
          .wide { overflow: visible; }
          section > h2 { break-after: avoid; }
          figure, tr { break-inside: avoid; }
          thead { display: table-header-group; }
          .emphasis > * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        }

        """
}
