import { containerDriverContract } from './container-driver.contract.ts';
import { sandboxHarness } from './sandbox-harness.ts';

containerDriverContract('sandbox', sandboxHarness);
