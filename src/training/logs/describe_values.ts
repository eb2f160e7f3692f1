import { formatNumber } from './format_number';

/** How values that every run has are said in short. */
const SHORT: Readonly<Record<string, (value: string) => string>> = {
  learning_rate: (value) => `lr ${value}`,
  gradient_norm: (value) => `gradient ${value}`,
  tokens_per_second: (value) => `${value} tokens/s`,
  memory_mb: (value) => `${value} MB`,
};

/** Values in a line: `loss 0.4213 | lr 2e-5 | gradient 1.02 | 5,120 tokens/s | 812.4 MB`. */
export function describeValues(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => SHORT[name]?.(formatNumber(value)) ?? `${name} ${formatNumber(value)}`)
    .join(' | ');
}
