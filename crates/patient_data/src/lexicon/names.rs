//! Names that people in the United Kingdom have often: they show which word is a name where nothing else does.

use super::{GIVEN_NAME, SURNAME};

/// The classes of names, each with its words. Names that are common words (May, Will, Grace, Hope) are left out.
pub(super) const NAMES: &[(u64, &str)] = &[
    (
        GIVEN_NAME,
        "aaron abdul abdullah abigail adam adele adrian agnes ahmed aidan aisha alan albert alex alexander alexandra alfie alfred ali alice alison
         amanda amber amelia amina amir amit amy ana andrea andrew angela anita anjali ann anna anne annette annie anthony antonio archie arjun arnold arthur
         asha ashley audrey aysha barbara barry beatrice ben benjamin bernadette bernard bertha beryl beth betty beverley bilal brenda brian bridget bruce bryan
         callum carl carol caroline carolyn catherine cathy cecil charles charlie charlotte cheryl chloe christian christina christine christopher claire clara clive colin
         connor craig cynthia daisy daniel danielle darren dave david dawn deborah debra denise dennis derek diana diane dmitri dominic donald donna doreen
         doris dorothy duncan dylan edith edna edward edwin eileen elaine eleanor elizabeth ella ellen elsie emily emma eric ernest esther ethan ethel eva evan evelyn
         fatima felicity fiona florence frances francis fred freda frederick freya gail gareth gary gavin gemma geoffrey george georgia georgina gerald gillian gladys glenda glenn gloria
         gordon graham gregory gurpreet gwen hannah hans harold harpreet harriet harry hassan hazel heather helen henry herbert hilary hilda howard hugh hussein ian ibrahim ida
         imran irene iris isaac isabel isabella isla jack jackie jacob jacqueline jake jamal james jamie jane janet janice jasmine jason javed jayne jean jeffrey jennifer
         jenny jeremy jessica jill jim joan joanna joanne joe joel john jonathan jordan jose joseph josephine joshua joyce juan judith julia julian julie june karen karim karl
         kate katherine kathleen kathryn katie kavita keith kelly kenneth kerry kevin khadija kim kimberley kirsty kumar laura lauren lawrence leah leanne lee leila lena leo leon leonard lesley
         leslie lewis liam lilian lily linda lisa liz logan lorraine louis louise lucas lucy luke lydia lynn lynne mabel madeleine malcolm manjit manuel marcus margaret maria
         marian marie marilyn marion marjorie mark martha martin mary matthew maureen maurice max maxine megan mehmet melanie melissa mia michael michelle mildred millie miriam
         mohamed mohammad mohammed moira molly monica muhammad muriel mustafa myra nadia nancy naomi natalie natasha neil nicholas nicola nicole nigel nina noah noel nora norma norman
         oliver olivia olive oscar osman owen pamela patricia patrick paul paula pauline pearl peggy penelope peter phil philip phillip phoebe phyllis pierre piotr poppy priya rachel
         rajesh ralph ravi raymond rebecca reginald rhys richard rita robert robin roger ronald rosemary rosie roy ruby russell ruth ryan sally samantha samir sam samuel sandra sanjay sara sarah
         scott sean sebastian shabnam shannon sharon shaun sheila shirley sian sidney simon sofia sonia sophia sophie stacey stanley stella stephanie stephen steve steven stuart
         sue suleman sunita susan suzanne sybil sylvia tanya tariq teresa terence terry thelma theo theresa thomas tim timothy tina toby tom tony tracey tracy trevor usha valerie vanessa vera
         vernon veronica vicky victor victoria vijay vincent viola violet vivian wayne wendy wilfred william winifred yasmin yusuf yvonne zachary zahra zainab zoe",
    ),
    (
        SURNAME,
        "abbott adams adeyemi ahmed akhtar ali allen anderson andrews armstrong arnold ashton atkinson austin bailey baker barker barnes barrett barton bates begum bell bennett berry
         bibi bird bishop blackburn booth bradley brennan brooks brown bryant burgess burke burton butler byrne campbell carr carter chambers chan chapman choudhury chowdhury clark clarke
         coleman collins connolly cooper cox cunningham curtis dalton daniels davidson davies davis dawson dean dhillon dixon doherty donnelly doyle duffy duncan dunn edwards elliott ellis
         evans farrell faulkner ferguson fernandez fisher fletcher flynn ford foster fowler fox francis fraser freeman gallagher garcia gardner george gibbs gibson gill gilbert gordon
         graham grant gray green greenwood gregory griffin griffiths hall hamilton hammond harding harris harrison hart harvey hassan hawkins hayes henderson henry hewitt higgins hill
         hodgson holland holmes hopkins houghton howard howarth howe howell hudson hughes hunt hunter hurst hussain hutchinson hyde ibrahim iqbal ingram jackson jacobs james jenkins
         jennings johnson johnston jones jordan joyce kane kaur kelly kennedy kerr khan kim king knight kowalski kumar lamb lambert lawrence lawson lee lewis lin little lloyd lowe lynch
         macdonald mahmood malik mann marsh marshall martin mason matthews mccarthy mcdonald mckenzie mclean mehta metcalfe miah middleton miller mills mistry mitchell mohamed mohammed moore
         moran morgan morris morrison moss murphy murray myers nash nelson newman newton nguyen nicholls nicholson nolan norris nowak o'brien o'connor o'neill o'reilly o'sullivan okafor okoro osborne owen
         palmer park parker parkin parkinson parry parsons patel patterson payne pearce pearson perkins perry peters phillips pickering pollard poole porter potter powell pratt preston price pugh
         quinn rafiq rahman rana read reed rees reid reynolds rhodes richards richardson riley roberts robertson robinson robson rogers rose ross rowe russell ryan saleem sanders saunders schofield
         scott shah sharma sharp shaw shepherd sheppard simmons simpson sinclair singh slater smart smith spencer stephens stephenson stevens stevenson stewart stone sutton swift taylor tempest
         thomas thompson thomson thorpe tomlinson townsend tucker turner underwood vaughan wade walker wallace walsh walters walton ward warner warren watkins watson watts webb webster welch
         wells west wheeler whelan white whitehead whittaker wilkins wilkinson williams williamson willis wilson winter wong wood woodward wright wu yang yates young yusuf zhang zhou
         hollins hargreaves hargreave thackray thackeray ogden ormerod ramsden sykes haigh priestley brook brooke firth greenhalgh entwistle heaton ashworth bamford barlow battersby beaumont bentley birch bloom bolton
         bowen bowers bradshaw bright briggs bull bullock burgess burns busby buxton carey cartwright cassidy chandler charlton clayton clements cole conway cooke costa crawford cross crossley daly day denton devlin dobson
         donovan drew drummond dyer eaton eccles egan emery eyre farmer fenton field finch fitzgerald fleming franklin frost fuller gale garner garrett giles goddard goodwin gough greaves grimes guest haines hancock
         hardy hartley haynes heath herbert hobbs hodge hodges horne horton humphreys humphries ingham irving jarvis jeffery kay kaye keane kemp kirby kirk knowles lacey lane leach lester levy lord lucas lyons maguire manning
         marsden mccann mcgrath mcguire mcintyre mckay mcmahon mcnally mellor milner moody morley moseley mould nash naylor needham norton o'donnell o'hara osman paget partridge peacock pearse perrin petrov pham piper pope
         popescu purcell radcliffe ratcliffe redfern regan rushton sadler salmon sargent sewell shannon shelton short silva skinner sloan snow spence steele stephen storey stubbs summers tait talbot tate thornton tierney
         todd travis tyler varma vickers vincent waller walmsley wallis waters weston wheatley whitfield whitworth wilcox wilde willett winters wolfe woods woolley worthington wyatt ferreira lindqvist kowalczyk wisniewski wojcik adeleke
         balogun chukwu eze mensah owusu boateng asante nkosi dlamini haddad mansour rossi bianchi ricci muller schmidt fischer weber larsen hansen nielsen jensen ivanov kuznetsov tanaka suzuki sato",
    ),
];
