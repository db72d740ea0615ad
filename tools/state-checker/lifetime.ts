import ts from 'typescript';
import { functionAround, initialValueOf, isBody, isStatic, runsAtOnce, type Body } from './functions.js';
import { walk, type Project } from './project.js';
import { declarationOf, decoratorsOf } from './symbols.js';

const SINGLETONS = new Set([
  'Injectable', 'Controller', 'Module', 'Global', 'Catch', 'Resolver', 'WebSocketGateway', 'Processor', 'Processors',
  'CommandHandler', 'QueryHandler', 'EventsHandler', 'Middleware', 'SoftState',
]);
const START_HOOKS = new Set(['onModuleInit', 'onApplicationBootstrap', 'configure', 'forRoot', 'forRootAsync', 'register']);
const CLASS_LISTS = new Set(['providers', 'controllers', 'imports']);

/**
 * Which classes have instances that live as long as the process, and which functions run while it starts: what those make and
 * keep lives as long. Found by following calls and `new` from module scope, decorators, providers and constructors.
 */
export class Lifetime {
  readonly classes = new Set<ts.ClassLikeDeclaration>();
  private readonly atStart = new Set<Body>();
  private readonly callers = new Map<Body, ts.Node[]>();
  /** Functions handed to somebody who may call them at any time: `setInterval(refresh, 1000)`. */
  private readonly handedOut = new Set<Body>();

  constructor(private readonly project: Project) {
    for (const source of project.sources) walk(source, (node) => this.note(node));
    for (const source of project.sources) this.follow(source);
  }

  runsAtStart(body: Body): boolean {
    return this.atStart.has(body);
  }

  /** Whether what `node` makes is made once per process rather than per request. */
  isLongLived(node: ts.Node): boolean {
    const field = initialValueOf(node);
    if (field) return isStatic(field) || this.classes.has(field.parent);
    const body = functionAround(node);
    return body === undefined || this.atStart.has(body);
  }

  /** Whether `body` runs at start and never again: nothing that handles a request calls it. */
  runsOnlyAtStart(body: Body, asked = new Set<Body>()): boolean {
    if (asked.has(body)) return true;
    asked.add(body);
    if (ts.isClassStaticBlockDeclaration(body)) return true;
    if (!this.atStart.has(body) || this.handedOut.has(body)) return false;
    return (this.callers.get(body) ?? []).every((caller) => {
      const around = functionAround(caller);
      return around ? this.runsOnlyAtStart(around, asked) : this.isLongLived(caller);
    });
  }

  private note(node: ts.Node): void {
    if (ts.isClassLike(node) && isSingleton(node)) this.hold(node);
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const body = this.bodyOf(node.expression, ts.isNewExpression(node));
      if (body) this.callers.set(body, [...(this.callers.get(body) ?? []), node]);
      for (const argument of node.arguments ?? []) this.handOut(argument, node);
    }
    if (!ts.isPropertyAssignment(node) && !ts.isMethodDeclaration(node)) return;
    const name = node.name.getText();
    if (name === 'useFactory') {
      const factory = ts.isMethodDeclaration(node) ? node : this.bodyOf(node.initializer);
      if (factory) this.start(factory);
    } else if (ts.isPropertyAssignment(node) && name === 'useClass') this.holdNamed(node.initializer);
    else if (ts.isPropertyAssignment(node) && CLASS_LISTS.has(name) && ts.isArrayLiteralExpression(node.initializer))
      node.initializer.elements.forEach((element) => this.holdNamed(element));
  }

  private handOut(argument: ts.Expression, call: ts.CallExpression | ts.NewExpression): void {
    const bound = ts.isCallExpression(argument) && argument.expression.getText().endsWith('.bind');
    const name = bound ? (argument.expression as ts.PropertyAccessExpression).expression : argument;
    if (isBody(name) || !(ts.isIdentifier(name) || ts.isPropertyAccessExpression(name))) return;
    const body = this.bodyOf(name);
    if (body && !call.expression.getText().endsWith('.register')) this.handedOut.add(body);
  }

  /** Follows what runs when `node` runs. */
  private follow(node: ts.Node): void {
    if (isBody(node) && !runsAtOnce(node)) return this.followDecorators(node);
    if (ts.isPropertyDeclaration(node) && !isStatic(node)) return this.followDecorators(node);
    if (ts.isCallExpression(node)) {
      const body = this.bodyOf(node.expression);
      if (body) this.start(body);
      for (const argument of node.arguments) {
        const plugin = node.expression.getText().endsWith('.register') && this.bodyOf(argument);
        if (plugin) this.start(plugin);
      }
    } else if (ts.isDecorator(node) && !ts.isCallExpression(node.expression)) {
      const body = this.bodyOf(node.expression);
      if (body) this.start(body);
    } else if (ts.isNewExpression(node) && !ts.isThrowStatement(node.parent)) this.holdNamed(node.expression);
    ts.forEachChild(node, (child) => this.follow(child));
  }

  private followDecorators(node: ts.Node): void {
    ts.forEachChild(node, (child) => {
      if (ts.isDecorator(child)) this.follow(child);
      else if (ts.isParameter(child)) this.followDecorators(child);
    });
  }

  private start(body: Body): void {
    if (this.atStart.has(body)) return;
    this.atStart.add(body);
    if (body.body) this.follow(body.body);
  }

  private hold(node: ts.ClassLikeDeclaration): void {
    if (this.classes.has(node) || isPerRequest(node)) return;
    this.classes.add(node);
    const isModule = decoratorsOf(node).some(({ name }) => name === 'Module');
    for (const member of node.members) {
      if (ts.isConstructorDeclaration(member)) this.start(member);
      else if (ts.isMethodDeclaration(member) && (isModule || START_HOOKS.has(member.name.getText()))) this.start(member);
      else if (ts.isPropertyDeclaration(member) && member.initializer) this.follow(member.initializer);
    }
    const base = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
    if (base) this.holdNamed(base.expression);
  }

  private holdNamed(expression: ts.Node): void {
    const declaration = declarationOf(this.project.checker, expression);
    if (declaration && ts.isClassLike(declaration) && this.isOurs(declaration) && !isError(declaration)) this.hold(declaration);
  }

  private bodyOf(expression: ts.Node, isNew = false): Body | undefined {
    if (isBody(expression)) return expression;
    let declaration: ts.Node | undefined = declarationOf(this.project.checker, expression);
    if (declaration && isNew && ts.isClassLike(declaration)) declaration = declaration.members.find(ts.isConstructorDeclaration);
    if (declaration && (ts.isVariableDeclaration(declaration) || ts.isPropertyAssignment(declaration) || ts.isPropertyDeclaration(declaration)))
      declaration = declaration.initializer;
    return declaration && isBody(declaration) && this.isOurs(declaration) ? declaration : undefined;
  }

  private isOurs(node: ts.Node): boolean {
    return this.project.sources.includes(node.getSourceFile());
  }
}

const isSingleton = (node: ts.ClassLikeDeclaration): boolean => decoratorsOf(node).some(({ name }) => SINGLETONS.has(name));

const isPerRequest = (node: ts.ClassLikeDeclaration): boolean =>
  decoratorsOf(node).some(({ call }) => call?.arguments.some((argument) => argument.getText().includes('Scope.REQUEST')));

const isError = (node: ts.ClassLikeDeclaration): boolean =>
  (node.heritageClauses ?? []).some((clause) => /(Error|Exception)\b/.test(clause.getText()));
