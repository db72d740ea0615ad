import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DEPENDENCIES } from '../aws/clients.js';
import { ROUTE_CLASSES, type RouteClass } from '../resilience/route-class.js';
import { degradationPage, type Described } from './degradation-page.js';
import { degradationCells, FAULTS_OF } from './degradation.js';

describe('the degradation matrix', () => {
  const cells = degradationCells();
  const description = JSON.parse(readFileSync('openapi.json', 'utf8')) as Described;

  it('has a cell for every fault of every dependency and every kind of route', () => {
    const faults = Object.values(FAULTS_OF).reduce((sum, list) => sum + list.length, 0);
    expect(cells).toHaveLength(faults * Object.keys(ROUTE_CLASSES).length);
  });

  it('never lets the platform\'s questions depend on anything', () => {
    for (const cell of cells.filter(({ routeClass }) => routeClass === 'health')) expect(cell).toMatchObject({ answers: 'usual' });
  });

  it('promises no more time than a request is given, and its last 503', () => {
    const graceMs = 500;
    for (const { routeClass, withinMs } of cells) expect(withinMs).toBeLessThanOrEqual(ROUTE_CLASSES[routeClass].budgetMs + graceMs + 2_000);
  });

  it('promises a hung DynamoDB within 3 s and a hung S3 within 2 s, which their patience leaves room for', () => {
    const of = (dependency: string, routeClass: RouteClass) => cells.find((cell) => cell.dependency === dependency && cell.fault === 'hung' && cell.routeClass === routeClass);
    for (const routeClass of ['read', 'write', 'create', 'upload', 'remove'] as const) expect(of('dynamodb', routeClass)?.withinMs).toBeLessThanOrEqual(3_000);
    expect(of('s3', 'upload')?.withinMs).toBe(2_000);
    expect(of('s3', 'read')).toMatchObject({ answers: 'usual', stillWorks: 'everything' });
    expect(DEPENDENCIES.dynamodb.patienceMs).toBeLessThan(ROUTE_CLASSES.read.budgetMs);
    expect(DEPENDENCIES.s3.patienceMs).toBeLessThan(2_000);
  });

  it('is in the description of every operation', () => {
    for (const methods of Object.values(description.paths)) {
      for (const operation of Object.values(methods)) expect(Object.keys(ROUTE_CLASSES)).toContain(operation['x-degradation']?.routeClass);
    }
  });

  it('is in docs/degradation.md as it is here; else run "npm run openapi"', () => {
    expect(readFileSync('docs/degradation.md', 'utf8')).toBe(degradationPage(description));
  });
});
