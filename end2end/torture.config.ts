import tests from "./playwright.config";

export default { ...tests, testDir: "torture", timeout: 30 * 60_000 };
