import { Option } from 'commander';
import { MASKED_LM_HEADS, type MaskedLmHeadName } from '../config/masked_lm_head_name';

/** The flag of {@link HEAD_OPTION}. */
export interface HeadFlag {
  readonly head?: MaskedLmHeadName;
}

/** Which masked-LM head a command takes. */
export const HEAD_OPTION = new Option(
  '--head <name>',
  'masked-LM head to take (default: the one that the checkpoint holds)',
).choices(MASKED_LM_HEADS);
