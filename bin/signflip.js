#!/usr/bin/env node
// The program: see launch.js for what it runs.
import { load, prepareProcess } from "./launch.js";

prepareProcess();
const { main } = await load("cli/main");
await main(process.argv.slice(2));
