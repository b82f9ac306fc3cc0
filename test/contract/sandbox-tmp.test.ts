import { sandboxHarness } from './sandbox-harness.ts';
import { sharedTmpContract } from './shared-tmp.contract.ts';

sharedTmpContract('sandbox', sandboxHarness);
