#!/usr/bin/env node
import { runMain } from '../shared/run-main.ts';
import { dual } from './dual.ts';

await runMain(dual);
