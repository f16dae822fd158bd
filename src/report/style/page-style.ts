import { baseStyle } from "./base.ts";
import { figureStyle } from "./figures.ts";
import { paperStyle } from "./paper.ts";
import { tableStyle } from "./tables.ts";
import { topStyle } from "./top.ts";

/** The report's looks: light or dark as the reader's screen is, readable on a phone and on paper. */
export const pageStyle = [baseStyle, topStyle, figureStyle, tableStyle, paperStyle].join("");
