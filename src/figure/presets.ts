import { resolveStudy } from "../study/resolve.ts";
import type { Study, StudyInput } from "../study/study.ts";
import { figures, type FigureName } from "./index.ts";
import type { Preset } from "./preset.ts";

export { presetDescriptions, presetNames, type Preset } from "./preset.ts";

/**
 * The studies behind some figures: for each one, or one for each panel where panels vary different things. A study
 * that several of them are drawn from stands once, with all of these.
 */
export function figureStudies(names: readonly FigureName[], preset: Preset): Study[] {
  const studies = new Map<string, StudyInput & { readonly figures: readonly FigureName[] }>();
  for (const name of names)
    for (const study of figures[name].studies(preset)) studies.set(study.name, { ...study, figures: [...(studies.get(study.name)?.figures ?? []), name] });
  return [...studies.values()].map((input) => resolveStudy(input, `preset ${preset}`));
}

/** The figures of the theory. */
const ofTheory: readonly FigureName[] = ["figure-1", "bounds", "single-step", "scaling-laws"];
/** What else the last of them collects exponents from. */
const elsewhere: readonly FigureName[] = ["figure-4", "figure-5", "figure-6"];

/** The studies that check the theory and nothing else, with the figures they are drawn in. */
export function checkStudies(preset: Preset): Study[] {
  const others = new Set(elsewhere.flatMap((name) => figures[name].studies(preset).map((study) => study.name)));
  return figureStudies(ofTheory, preset).filter(({ name }) => !others.has(name));
}
