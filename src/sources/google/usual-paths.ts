import { type Shapes, shapesFrom } from '../../core/shapes.ts';
import type { AttributePath } from '../../core/values.ts';

/** The properties of a user that can be read (Directory API: users resource). */
export const properties: readonly string[] = [
  'addresses agreedToTerms aliases archived changePasswordAtNextLogin creationTime customerId customSchemas',
  'deletionTime emails etag externalIds gender id ims includeInGlobalAddressList ipWhitelisted isAdmin',
  'isDelegatedAdmin isEnforcedIn2Sv isEnrolledIn2Sv isMailboxSetup keywords languages lastLoginTime locations name',
  'nonEditableAliases notes organizations orgUnitPath phones posixAccounts primaryEmail recoveryEmail recoveryPhone',
  'relations sshPublicKeys suspended suspensionReason thumbnailPhotoEtag thumbnailPhotoUrl websites',
].flatMap((line) => line.split(' '));

/** Those that are lists or have parts (Directory API: users resource, and the discovery document's User… types). */
export const shapes: Shapes = shapesFrom([
  'addresses[]: locality country countryCode customType extendedAddress formatted poBox postalCode primary region sourceIsStructured streetAddress type',
  'aliases[]',
  'customSchemas: *',
  'emails[]: address customType primary public_key_encryption_certificates type',
  'externalIds[]: value customType type',
  'gender: type addressMeAs customGender',
  'ims[]: im customProtocol customType primary protocol type',
  'keywords[]: value customType type',
  'languages[]: languageCode customLanguage preference',
  'locations[]: area buildingId customType deskCode floorName floorSection type',
  'name: fullName givenName familyName displayName',
  'nonEditableAliases[]',
  'notes: value contentType',
  'organizations[]: title department costCenter customType description domain fullTimeEquivalent location name primary symbol type',
  'phones[]: value customType primary type',
  'posixAccounts[]: username accountId gecos gid homeDirectory operatingSystemType primary shell systemId uid',
  'relations[]: value customType type',
  'sshPublicKeys[]: key expirationTimeUsec fingerprint',
  'websites[]: value customType primary type',
]);

/** Those that are true or false. */
export const truthPaths: readonly AttributePath[] = [
  'agreedToTerms archived changePasswordAtNextLogin includeInGlobalAddressList ipWhitelisted isAdmin isDelegatedAdmin',
  'isEnforcedIn2Sv isEnrolledIn2Sv isMailboxSetup suspended',
].flatMap((line) => line.split(' '));

/** What the directory calls attributes that others name otherwise or keep at the top, in small letters. */
export const namesElsewhere: Readonly<Record<string, AttributePath>> = {
  ...{ samaccountname: 'primaryEmail', userprincipalname: 'primaryEmail', upn: 'primaryEmail', login: 'primaryEmail' },
  ...{ mail: 'primaryEmail', email: 'primaryEmail', username: 'primaryEmail', mailnickname: 'primaryEmail' },
  ...{ displayname: 'name.fullName', fullname: 'name.fullName', cn: 'name.fullName', givenname: 'name.givenName' },
  ...{ firstname: 'name.givenName', sn: 'name.familyName', surname: 'name.familyName', lastname: 'name.familyName' },
  ...{ familyname: 'name.familyName', title: 'organizations[primary].title', jobtitle: 'organizations[primary].title' },
  ...{ department: 'organizations[primary].department', costcenter: 'organizations[primary].costCenter' },
  ...{ company: 'organizations[primary].name', companyname: 'organizations[primary].name' },
  ...{ employeetype: 'organizations[primary].description', manager: 'manager.name.fullName' },
  ...{ telephonenumber: "phones[type='work'].value", phone: "phones[type='work'].value" },
  ...{ mobile: "phones[type='mobile'].value", mobilephone: "phones[type='mobile'].value" },
  ...{ employeeid: "externalIds[type='organization'].value", employeenumber: "externalIds[type='organization'].value" },
  ...{ city: "addresses[type='work'].locality", l: "addresses[type='work'].locality" },
  ...{ country: "addresses[type='work'].country", co: "addresses[type='work'].country" },
  ...{ c: "addresses[type='work'].countryCode", countrycode: "addresses[type='work'].countryCode" },
  ...{ street: "addresses[type='work'].streetAddress", streetaddress: "addresses[type='work'].streetAddress" },
  ...{ postalcode: "addresses[type='work'].postalCode", zip: "addresses[type='work'].postalCode" },
  ...{ objectguid: 'id', objectid: 'id', photo: 'thumbnailPhotoUrl', thumbnailphoto: 'thumbnailPhotoUrl' },
  ...{ accountenabled: 'suspended', enabled: 'suspended', ou: 'orgUnitPath' },
};

/** Those that are numbers: none that stands by itself. */
export const numberPaths: readonly AttributePath[] = [];
