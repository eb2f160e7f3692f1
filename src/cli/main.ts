#!/usr/bin/env node
import { runInProcess } from './run_in_process';

void runInProcess(process.argv.slice(2));
