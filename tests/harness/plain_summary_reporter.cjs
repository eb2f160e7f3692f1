/** Ends a test run with one plain line, which scripts can read: `N passed, N failed`. */
module.exports = class PlainSummaryReporter {
  onRunComplete(_contexts, results) {
    const broken = results.testResults.filter(({ testExecError }) => testExecError !== undefined).length;
    const skipped = results.numPendingTests + results.numTodoTests;
    const tail = skipped > 0 ? `, ${skipped} skipped` : '';
    process.stdout.write(`\n${results.numPassedTests} passed, ${results.numFailedTests + broken} failed${tail}\n`);
  }
};
