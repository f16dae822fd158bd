// npm start: on a fresh clone with nothing installed, the main job at the laptop preset. What follows -- goes to `signflip reproduce`.
import { ensureInstalled } from "./bootstrap.js";

ensureInstalled();
process.argv.splice(2, 0, "reproduce");
await import("../bin/signflip.js");
