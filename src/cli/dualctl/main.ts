#!/usr/bin/env node
import { runMain } from '../shared/run-main.ts';
import { dualctl } from './program.ts';

await runMain(dualctl);
