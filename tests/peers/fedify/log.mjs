// Writes what Fedify has to say to standard error, from the level in PEER_LOG on.

import { configure } from "@logtape/logtape";

export function inWords(part) {
  if (typeof part === "string") return part;
  return part instanceof Error ? part.stack : JSON.stringify(part);
}

await configure({
  sinks: { stderr: ({ level, category, message }) =>
    console.error(level, category.join("."), ...message.map(inWords)) },
  loggers: [
    { category: "fedify", sinks: ["stderr"], lowestLevel: process.env.PEER_LOG ?? "warning" },
    { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "error" },
  ],
});
