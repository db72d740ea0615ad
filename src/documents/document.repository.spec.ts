import { contractLimits, documentRepositoryContract } from './document.repository.contract.js';
import { MemoryDocumentRepository } from './memory-document.repository.js';

documentRepositoryContract('the fake', () => new MemoryDocumentRepository(contractLimits));
