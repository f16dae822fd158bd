/** On paper. */
export const paperStyle = `
@media print {
  @page { margin: 16mm; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .tip, .up { display: none !important; }
  figure, .card, .claim-list > li, .runs tr, .note { break-inside: avoid; }
  h2, h3 { break-after: avoid; break-inside: avoid; }
  section { margin-top: 28px; }
  pre { white-space: pre-wrap; }
  .cards { grid-template-columns: repeat(3, 1fr); gap: 12px; }
  .scroll { overflow: visible; }
  .runs { font-size: 7.5pt; }
  .runs th, .runs td { padding-left: 6px; }
  .verdict, .note, .symbols, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
