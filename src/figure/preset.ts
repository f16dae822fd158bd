/** Names of the presets and what they are, for those who do not need the studies behind them. */
export const presetNames = ["smoke", "laptop", "paper"] as const;
export type Preset = (typeof presetNames)[number];

export const presetDescriptions: Readonly<Record<Preset, string>> = {
  smoke: "about a minute: small images and narrow networks, to see that everything works",
  laptop: "about 20 minutes on 2 cores",
  paper: "the paper's whole grid, for a big machine and patience",
};
