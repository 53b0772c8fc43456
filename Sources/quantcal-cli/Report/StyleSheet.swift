/// The page's looks: readable on a phone, in the dark and on paper.
let styleSheet = """
    :root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2127; --soft: #56606b; --line: #d5dbe1;
      --before: #b3500c; --after: #0b5cad; --isotonic: #1b7a43; --risk: #7a3fb0; --band: #dbe9f7; }
    @media (prefers-color-scheme: dark) { :root { --paper: #14181d; --ink: #e4e8ec; --soft: #a2acb6;
      --line: #39424c; --before: #f0a060; --after: #6cb2f5; --isotonic: #6fcf97; --risk: #c39af0; --band: #1e3247; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 54rem; padding: 1.5rem 1rem 3rem; background: var(--paper);
      color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
    h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .5rem; }
    h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; }
    p { margin: .5rem 0; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    th, td { padding: .3rem .5rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
    th:first-child { text-align: left; padding-left: 0; font-weight: 400; white-space: normal; }
    thead th { font-weight: 600; border-bottom: 2px solid var(--soft); }
    small, figcaption, .note, footer { color: var(--soft); font-size: .9rem; }
    th small { margin-left: .3rem; }
    figure { margin: 1rem 0 0; }
    .pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(17.5rem, 1fr)); gap: .75rem 1.5rem; }
    .pictures.one { grid-template-columns: minmax(0, 25.5rem); }
    .pictures.three { grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); }
    svg { display: block; width: 100%; height: auto; }
    svg text { font: 12px system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: var(--ink); }
    svg .title { font-size: 13.5px; font-weight: 600; }
    svg .tick { fill: var(--soft); }
    svg .axis { stroke: var(--soft); }
    svg .grid { stroke: var(--line); stroke-width: .7; }
    svg .band { fill: var(--band); }
    svg .reference { stroke: var(--soft); stroke-dasharray: 5 4; fill: none; }
    svg .series { stroke: var(--after); stroke-width: 1.5; fill: none; opacity: .6; }
    svg .gap { stroke-width: 1.5; fill: none; }
    svg .gap.before { stroke: var(--before); } svg .gap.after { stroke: var(--after); }
    svg .gap.isotonic { stroke: var(--isotonic); }
    svg .gap.few { stroke-width: .8; }
    svg .dot { fill-opacity: .75; }
    svg .dot.before { fill: var(--before); } svg .dot.after { fill: var(--after); }
    svg .dot.isotonic { fill: var(--isotonic); }
    svg .dot.few { fill: var(--paper); fill-opacity: 1; stroke-width: 1; }
    svg .few.before { stroke: var(--before); } svg .few.after { stroke: var(--after); }
    svg .few.isotonic { stroke: var(--isotonic); }
    svg .label.isotonic { fill: var(--isotonic); font-weight: 600; }
    svg .label.before { fill: var(--before); font-weight: 600; }
    svg .label.after { fill: var(--after); font-weight: 600; }
    svg .series.lac { stroke: var(--after); } svg .series.aps { stroke: var(--before); }
    svg .series.raps { stroke: var(--isotonic); } svg .series.risk { stroke: var(--risk); }
    svg .lac:not(.series) { fill: var(--after); } svg .aps:not(.series) { fill: var(--before); }
    svg .raps:not(.series) { fill: var(--isotonic); } svg .risk:not(.series) { fill: var(--risk); }
    svg .label.lac, svg .label.aps, svg .label.raps, svg .label.risk { font-weight: 600; }
    dl { margin: 0; } dt { font-weight: 600; margin-top: .7rem; } dd { margin: 0; }
    footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .7rem; overflow-wrap: anywhere; }
    @media (max-width: 34rem) { body { padding: 1rem .75rem 2rem; } th, td { padding: .3rem .15rem; font-size: .72rem; }
      th small { display: block; margin: 0; line-height: 1.2; font-size: .68rem; } }
    @media print {
      :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #ccc; --before: #a04000;
        --after: #003f88; --isotonic: #0d5a2e; --risk: #562a86; --band: #e3edf7; }
      @page { margin: 16mm; }
      body { padding: 0; max-width: none; font-size: 10pt; }
      h2 { break-after: avoid; }
      figure, table, dt, dd { break-inside: avoid; } dt { break-after: avoid; }
      h2 { margin-top: 1.2rem; } th, td { padding: .15rem .4rem; }
      .pictures, .pictures.one { grid-template-columns: 1fr 1fr; }
      .pictures.three { grid-template-columns: 1fr 1fr 1fr; }
      .scroll { overflow: visible; }
      svg * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }
    """
