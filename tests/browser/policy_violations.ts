/** Where in the page's script something was that its policy forbids, from 1 on. */
export interface PolicyViolation {
  readonly line: number;
  readonly column: number;
}

const found: PolicyViolation[] = [];
document.addEventListener('securitypolicyviolation', ({ lineNumber: line, columnNumber: column }) => {
  found.push({ line, column });
});

/** What the page's policy has kept from running so far. */
export async function violations(): Promise<readonly PolicyViolation[]> {
  // Violations are told in a task of their own.
  await new Promise((resolve) => setTimeout(resolve));
  return found;
}
