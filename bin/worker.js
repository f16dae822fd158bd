// A child of the pool: computes cells that come in over IPC. What follows on its command line are modules to import first.
import { load, prepareProcess } from "./launch.js";

prepareProcess();
const modules = process.argv.slice(2);
const { serveCells } = await load("platform/node/worker-main", { fromSources: modules.length > 0 });
await serveCells(modules);
