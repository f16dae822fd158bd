// npm run setup: npm ci, where what is installed is not what package-lock.json says.
import { ensureInstalled } from "./bootstrap.js";

ensureInstalled();
